/** Version 6: alerts, their outbox, and when and why a failure speaks of clocks. */
export const ALERTS = `
-- What the leading record proves about clocks: offset_ms * 32 + kind * 3 + mover.
ALTER TABLE incident ADD COLUMN proof INTEGER;

-- Written by the collector only.
CREATE TABLE alert (
  id TEXT NOT NULL PRIMARY KEY,
  rule TEXT NOT NULL, state TEXT NOT NULL, severity TEXT NOT NULL,
  started_ms INTEGER NOT NULL, fired_ms INTEGER, resolved_ms INTEGER,
  labels TEXT NOT NULL, peak REAL NOT NULL, summary TEXT NOT NULL, why TEXT NOT NULL, fix TEXT NOT NULL, command TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_started ON alert (started_ms);
CREATE TABLE alert_state (name TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- Taken deliveries stay for a while (done = 1), so that the same notice is not taken again.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sink TEXT NOT NULL, dedupe TEXT NOT NULL, body TEXT NOT NULL,
  created_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_ms INTEGER NOT NULL, error TEXT,
  done INTEGER NOT NULL DEFAULT 0,
  UNIQUE (sink, dedupe)
) STRICT;
CREATE INDEX outbox_due ON outbox (done, next_ms);

-- Written by people (dashboard, command line) in short transactions of their own, also beside a running collector; the
-- collector reads them and keeps nothing of them in memory.
CREATE TABLE silence (
  id TEXT NOT NULL PRIMARY KEY,
  matchers TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, comment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE acknowledgement (alert TEXT NOT NULL PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`
