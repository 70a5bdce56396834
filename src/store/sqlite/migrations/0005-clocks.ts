/** Version 5: what is known of the clocks (opaque rows of the analysis) and its readings over time. */
export const CLOCKS = `
-- One row per host, issuer and link between clocks; the analysis reads and replaces each as a whole.
CREATE TABLE clock (key TEXT PRIMARY KEY, state BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- A host's clock against its reference; offsets in ms, drift in thousandths of a ppm. NULL: not known.
CREATE TABLE clock_reading (
  at_ms INTEGER NOT NULL, host INTEGER NOT NULL, reference INTEGER NOT NULL,
  offset_ms INTEGER, low_ms INTEGER, high_ms INTEGER, drift_ppb INTEGER,
  PRIMARY KEY (host, at_ms)
) STRICT, WITHOUT ROWID;
-- For retention, which goes by time.
CREATE INDEX clock_reading_time ON clock_reading (at_ms);
`
