/**
 * Version 1: dictionaries, incidents, rollups, streams.
 * Made for 10 million incidents in about 120 bytes each: everything that repeats is a number into a dictionary, ids are
 * stored in binary where their spelling allows it, and rollups are clustered by time so that a batch touches few pages.
 */
export const FIRST_TABLES = `
-- Facts about the store itself: fingerprint_key, hash_seed, next_incident, first_ms, last_ms, detail_from_ms, writer.
CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- What was limited or dropped, and how often.
CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Dictionaries. used_day is the newest day (of the data, not of the clock on the wall) of any row that refers to the
-- entry, so entries can be dropped by age without looking for references. AUTOINCREMENT: a number is never used twice,
-- because readers cache them.
CREATE TABLE name (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, text TEXT NOT NULL, used_day INTEGER NOT NULL
) STRICT;
CREATE INDEX name_hash ON name (hash);
INSERT INTO name (id, hash, text, used_day) VALUES (1, 0, '', 1000000000);

CREATE TABLE phrase (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash INTEGER NOT NULL, text TEXT NOT NULL, used_day INTEGER NOT NULL
) STRICT;
CREATE INDEX phrase_hash ON phrase (hash);

CREATE TABLE verdict (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL, outcome INTEGER NOT NULL, cause INTEGER NOT NULL, subcause INTEGER NOT NULL,
  used_day INTEGER NOT NULL,
  UNIQUE (kind, outcome, cause, subcause)
) STRICT;

-- One combination of a verdict and the dimensions that are counted.
CREATE TABLE series (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  verdict INTEGER NOT NULL, host INTEGER NOT NULL, service INTEGER NOT NULL,
  client_id INTEGER NOT NULL, issuer INTEGER NOT NULL, system INTEGER NOT NULL,
  used_day INTEGER NOT NULL,
  UNIQUE (verdict, host, service, client_id, issuer, system)
) STRICT;

-- What a signature says, with the format it was read from (empty in incidents).
CREATE TABLE voice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  system INTEGER NOT NULL, signature INTEGER NOT NULL, specificity INTEGER NOT NULL,
  reported_cause INTEGER NOT NULL, reported_subcause INTEGER NOT NULL,
  symptom INTEGER NOT NULL, format INTEGER NOT NULL,
  used_day INTEGER NOT NULL,
  UNIQUE (system, signature, specificity, reported_cause, reported_subcause, symptom, format)
) STRICT;

-- Failures are rows. series is exactly where the rollups count the incident; overflow holds the true dimensions where
-- the rollups count it under (other). text and request are phrases with holes, vars fills them in order.
CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  series INTEGER NOT NULL,
  voice INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  observations INTEGER NOT NULL,
  text INTEGER NOT NULL,
  request INTEGER,
  vars TEXT,
  http_status INTEGER,
  numbers BLOB,
  request_id ANY, trace_id ANY, token ANY, subject ANY,
  overflow TEXT
) STRICT;
CREATE INDEX incident_time ON incident (time_ms);

-- Where incidents with a request id, trace id or token are found again. The hour comes first so that a batch writes
-- neighbouring pages, and so that old entries go in one sweep.
CREATE TABLE incident_key (
  hour INTEGER NOT NULL, hash INTEGER NOT NULL, incident INTEGER NOT NULL,
  PRIMARY KEY (hour, hash, incident)
) STRICT, WITHOUT ROWID;

-- NULL time or text: the same as the incident's.
CREATE TABLE observation (
  incident INTEGER NOT NULL, stream INTEGER NOT NULL, offset INTEGER NOT NULL,
  voice INTEGER NOT NULL, host INTEGER NOT NULL, service INTEGER NOT NULL,
  line INTEGER, time_ms INTEGER, text INTEGER, vars TEXT,
  PRIMARY KEY (incident, stream, offset)
) STRICT, WITHOUT ROWID;

-- Counts of events (successes) and incidents (failures) per series. grain 0 minutes, 1 hours, 2 days; bucket counts
-- them from the epoch.
CREATE TABLE cube (
  grain INTEGER NOT NULL, bucket INTEGER NOT NULL, series INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (grain, bucket, series)
) STRICT, WITHOUT ROWID;

-- The same counts along one dimension: 0 none (value 1), 1 host, 2 service, 3 client_id, 4 issuer, 5 system.
-- Most questions name at most one dimension and are answered from here, whatever the number of series.
CREATE TABLE facet (
  grain INTEGER NOT NULL, dimension INTEGER NOT NULL, bucket INTEGER NOT NULL, value INTEGER NOT NULL,
  verdict INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (grain, dimension, bucket, value, verdict)
) STRICT, WITHOUT ROWID;

-- A bounded sample of successes for clock work: per minute and host one with token times (slot 0), one with ids (slot 1).
CREATE TABLE success (
  minute INTEGER NOT NULL, host INTEGER NOT NULL, slot INTEGER NOT NULL, hash INTEGER NOT NULL,
  time_ms INTEGER NOT NULL, series INTEGER NOT NULL,
  time_resolution_ms INTEGER, received_collector_ms INTEGER,
  request_id ANY, trace_id ANY, token ANY, numbers BLOB,
  PRIMARY KEY (minute, host, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- NULL: only observations speak of it, no position was ever committed.
  offset INTEGER,
  head TEXT, head_bytes INTEGER, tail TEXT, tail_bytes INTEGER,
  device TEXT, inode TEXT, host TEXT, service TEXT,
  lines INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0, recognised INTEGER NOT NULL DEFAULT 0,
  cut_records INTEGER NOT NULL DEFAULT 0, cut_bytes INTEGER NOT NULL DEFAULT 0,
  format TEXT, zone TEXT, last_record_ms INTEGER, size INTEGER, error TEXT, sample TEXT,
  updated_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE unrecognised (
  system TEXT NOT NULL, template TEXT NOT NULL, sample TEXT NOT NULL, stream TEXT NOT NULL,
  count INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  PRIMARY KEY (system, template)
) STRICT, WITHOUT ROWID;
CREATE INDEX unrecognised_count ON unrecognised (count, last_ms);
`
