"""The tables, and the triggers that keep the ledger append-only even for those who go around us."""

from __future__ import annotations

SCHEMA = 1
"""Version of what stands below; a database remembers with which one it was made."""

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS events (
        position {integer} NOT NULL PRIMARY KEY,
        stream {text} NOT NULL,
        version {integer} NOT NULL,
        kind {text} NOT NULL,
        subject {text} NOT NULL,
        key {text} NOT NULL,
        at {text} NOT NULL,
        recorded_at {text} NOT NULL,
        actor {text} NOT NULL,
        data {text} NOT NULL,
        previous {text} NOT NULL,
        hash {text} NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX IF NOT EXISTS events_stream_version ON events (stream, version)",
    "CREATE INDEX IF NOT EXISTS events_kind_subject_position ON events (kind, subject, position)",
    "CREATE INDEX IF NOT EXISTS events_key ON events (key)",
    """
    CREATE TABLE IF NOT EXISTS leases (
        name {text} NOT NULL PRIMARY KEY,
        token {integer} NOT NULL,
        holder {text} NOT NULL,
        released {integer} NOT NULL,
        ttl {real} NOT NULL,
        beats {integer} NOT NULL,
        beaten {real} NOT NULL,
        place {text} NOT NULL,
        pid {integer} NOT NULL,
        born {text} NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS lease_sightings (
        name {text} NOT NULL,
        place {text} NOT NULL,
        token {integer} NOT NULL,
        beats {integer} NOT NULL,
        seen {real} NOT NULL,
        PRIMARY KEY (name, place)
    )
    """,
)

_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER IF NOT EXISTS events_no_update BEFORE UPDATE ON events BEGIN
        SELECT RAISE(ABORT, 'the ledger is append-only: an event cannot be changed');
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS events_no_delete BEFORE DELETE ON events BEGIN
        SELECT RAISE(ABORT, 'the ledger is append-only: an event cannot be removed');
    END
    """,
    # INSERT OR REPLACE removes rows without a delete trigger, so it is refused here.
    """
    CREATE TRIGGER IF NOT EXISTS events_at_the_end BEFORE INSERT ON events
    WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
        OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
    BEGIN
        SELECT RAISE(ABORT, 'the ledger is append-only: an event goes to the end of it');
    END
    """,
)

_POSTGRES_TRIGGERS = (
    """
    CREATE OR REPLACE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: an event cannot be changed or removed';
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION events_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events) THEN
            RAISE EXCEPTION 'the ledger is append-only: an event goes to the end of it';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_refuse()
    """,
    """
    CREATE OR REPLACE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()
    """,
    """
    CREATE OR REPLACE TRIGGER events_at_the_end BEFORE INSERT ON events
    FOR EACH ROW EXECUTE FUNCTION events_at_the_end()
    """,
)


def _for(integer: str, real: str, text: str) -> tuple[str, ...]:
    return tuple(table.format(integer=integer, real=real, text=text) for table in _TABLES)


SQLITE = (*_for("INTEGER", "REAL", "TEXT"), *_SQLITE_TRIGGERS)
POSTGRES = (*_for("bigint", "double precision", 'text COLLATE "C"'), *_POSTGRES_TRIGGERS)
