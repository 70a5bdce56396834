/** Adds the deliveries of push sources, so that one whose acknowledgement got lost is known when it comes again. */
export const DELIVERIES = `
-- id grows with time; digest is a SHA-256.
CREATE TABLE delivery (id INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
`
