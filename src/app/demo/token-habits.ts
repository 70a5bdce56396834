/** How long tokens live in the demo and when a careful client takes a new one. */

/** Access tokens of people and partners, seconds. */
export const LIFETIME_S = 300
/** Access tokens of the job, seconds: short, because its client id may do much. */
export const BATCH_LIFETIME_S = 30
/** A careful client takes a new token when this share of the lifetime has passed. */
export const REFRESH_AT = 0.8
