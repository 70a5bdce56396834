/**
 * How much of a person is kept. Secrets are taken out whatever is chosen; this is about what says who somebody is.
 * docs/security.md has the table, field by field.
 */
export const PRIVACY_LEVELS = ['strict', 'default', 'off'] as const

/**
 * `off`: subjects, addresses and names as they were written; `default`: subjects and e-mail addresses as fingerprints;
 * `strict`: also user names and IP addresses.
 */
export type Privacy = (typeof PRIVACY_LEVELS)[number]
