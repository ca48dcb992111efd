/** "clew" in the header of the file: whose it is. */
export const APPLICATION_ID = 0x63_6c_65_77

export const SCHEMA_VERSION = 2

/** Width of the time slots that records are counted by while they are written. */
export const SLOT_MILLIS = 10_000

/**
 * What sessions are found by. The table has a row for each end of a connection, written from its own few records: what is known of it, and beside that the columns it is found by. Records of a session are found by a token of
 * the word index: an index on their ids costs a third of all that writing them does. Its errors and its spans have an index each.
 */
const SESSIONS = `
create index spans_session on spans (session_id, start_millis) where session_id is not null;
create index logs_session_errors on logs (session_id) where severity >= 17 and session_id is not null;
create table sessions (
  id integer primary key, key text not null unique, session_id text not null, service text, user_id text, tenant_id text, role text,
  began_millis real not null, last_millis real not null, end_kind text, known text not null
);
create index sessions_id on sessions (session_id);
create index sessions_began on sessions (began_millis);
create index sessions_user on sessions (user_id, began_millis) where user_id is not null;
create index sessions_tenant on sessions (tenant_id, began_millis) where tenant_id is not null;
create index sessions_unended on sessions (began_millis) where end_kind is null;
create index sessions_left_open on sessions (began_millis) where end_kind = 'left_open';
create table instances (
  resource_id integer primary key, service text, instance_id text, host text, pid integer, started_millis real, stopped_millis real
);
create index instances_service on instances (service)`

/**
 * The id of a log is its millisecond and a number in it (see `record-ids.ts`): the table itself is in order of time, and so is
 * the one word index, which also finds ids, components and services. Indexes are what costs, so there is one more only for the
 * few severe records.
 */
export const SCHEMA = `
create table resources (id integer primary key, service text, attributes text not null unique);
create table scopes (
  id integer primary key, name text not null, version text not null, attributes text not null,
  unique (name, version, attributes)
);
create table logs (
  id integer primary key, nanos integer not null, severity integer not null,
  scope_id integer not null, resource_id integer not null, message text not null, event text,
  session_id text, user_id text, tenant_id text, request_id text, trace_id blob, span_id blob, uid text,
  severity_text text, attributes text
);
create index logs_severe on logs (id) where severity >= 13;
create virtual table log_words using fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
insert into log_words (log_words, rank) values ('automerge', 0);
create table log_counts (
  slot integer not null, scope_id integer not null, resource_id integer not null, level integer not null,
  count integer not null, traced integer not null,
  primary key (slot, scope_id, resource_id, level)
) without rowid;
create table spans (
  id integer primary key, trace_id blob not null, span_id blob not null, parent_span_id blob,
  scope_id integer not null, resource_id integer not null, name text not null, kind integer not null,
  start_millis integer not null, start_nanos integer not null, duration_nanos integer not null,
  status integer not null, status_message text, attributes text, events text, links text, session_id text,
  unique (trace_id, span_id)
);
create table traces (
  trace_id blob primary key, start_micros real not null, end_micros real not null,
  is_rooted integer not null, name text not null, resource_id integer not null, spans integer not null, errors integer not null
) without rowid;
create index traces_start on traces (start_micros);
${SESSIONS}`
