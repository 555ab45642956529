/** Clients of other people, which have no types. */
declare module "@mailchimp/mailchimp_marketing";
declare module "mailchimp-api-v3";
