/** Red is what bars mail, amber what waits, green a noted consent; grey says nothing either way. */
import type { Person } from './queries.ts';

export type MailStatus = Person['mail_status'];

export const mailColors: Record<MailStatus, string> = {
  agreed: 'green.6', open: 'gray.5', no_address: 'gray.5', pending: 'yellow.6',
  opted_out: 'red.6', shared_opt_out: 'red.6', held: 'red.6', unsubscribed: 'red.6', refused: 'red.6',
};
