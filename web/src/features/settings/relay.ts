/** A relay as a form has it, and as the server takes it. */
import type { RelayInput, Settings } from './queries.ts';

export type Security = 'none' | 'starttls' | 'tls';

export interface RelayValues extends Record<string, unknown> {
  kind: 'outbox' | 'smtp';
  host: string;
  port: number | string;
  security: Security;
  username: string;
  /** '': the one that is known stays. */
  password: string;
}

/** The usual port of each. */
const ports: Record<Security, number> = { starttls: 587, tls: 465, none: 25 };

export function relayValues(relay: Settings['relay']): RelayValues {
  const security = relay.security ?? 'starttls';
  return {
    kind: relay.kind,
    host: relay.host ?? '',
    port: relay.port ?? ports[security],
    security,
    username: relay.username ?? '',
    password: '',
  };
}

export function relayInput(values: RelayValues): RelayInput {
  if (values.kind === 'outbox') return { kind: 'outbox' };
  return {
    kind: 'smtp',
    host: values.host.trim(),
    port: values.port === '' ? null : Number(values.port),
    security: values.security,
    username: values.username.trim() || null,
    ...(values.username.trim() === '' ? { password: null } : values.password ? { password: values.password } : {}),
  };
}

/** The port follows the security, unless somebody chose one of their own. */
export function portAfter(values: RelayValues, security: Security): number | string {
  return values.port === '' || Number(values.port) === ports[values.security] ? ports[security] : values.port;
}
