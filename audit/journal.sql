-- The journal of one workspace. Nothing is deleted from it.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, files INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'abandoned')),
    detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS edits (
    action INTEGER NOT NULL REFERENCES actions (id),
    ordinal INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    edit TEXT NOT NULL,
    PRIMARY KEY (action, ordinal)
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    action INTEGER REFERENCES actions (id)
);
CREATE TABLE IF NOT EXISTS exports (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, receipt TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS actions_by_state ON actions (state);
CREATE INDEX IF NOT EXISTS edits_by_case ON edits (case_id);
