/** Version 3: what attribution remembers of tokens, clients, keys and hosts, and further ids of incidents. */
export const HISTORY = `
ALTER TABLE incident ADD COLUMN token_id ANY;
ALTER TABLE incident ADD COLUMN session ANY;
-- Further request ids, a JSON list.
ALTER TABLE incident ADD COLUMN other_ids TEXT;
ALTER TABLE incident ADD COLUMN reported_confidence INTEGER;

-- One row per deed of a party in a slot of time (slot 0: remembered as a whole). host and detail are names and part of the
-- identity. keep_ms: past this instant of the data nobody asks any more.
CREATE TABLE history (
  party INTEGER NOT NULL, hash INTEGER NOT NULL, slot INTEGER NOT NULL, deed INTEGER NOT NULL,
  host INTEGER NOT NULL, detail INTEGER NOT NULL, key ANY NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, count INTEGER NOT NULL,
  iat_ms INTEGER, exp_ms INTEGER, keep_ms INTEGER NOT NULL,
  PRIMARY KEY (party, hash, slot, deed, host, detail, key)
) STRICT, WITHOUT ROWID;
`
