-- The document names nine tables and spells out one. The others are completed from the public data model, no further than
-- the document's own statements need: keys, organisation_id, and the columns that its policies and grants mention.

CREATE TABLE organisations (id VARCHAR(20) PRIMARY KEY, name TEXT NOT NULL, status VARCHAR(20) NOT NULL DEFAULT 'pending');

CREATE TABLE users (id VARCHAR(20) PRIMARY KEY, email TEXT NOT NULL, name TEXT);

CREATE TABLE funds (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations(id),
    name            TEXT NOT NULL,
    balance         BIGINT NOT NULL DEFAULT 0,
    currency        VARCHAR(3) NOT NULL
);

CREATE TABLE projects (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations(id),
    fund_id         VARCHAR(20) REFERENCES funds(id),
    name            TEXT NOT NULL
);

CREATE TABLE transactions (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations(id),
    type            VARCHAR(50) NOT NULL,
    amount          BIGINT NOT NULL,
    currency        VARCHAR(3) NOT NULL,
    status          VARCHAR(20) NOT NULL DEFAULT 'pending',
    fund_id         VARCHAR(20) REFERENCES funds(id),
    project_id      VARCHAR(20) REFERENCES projects(id)
);

CREATE TABLE campaigns (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations(id),
    name            TEXT NOT NULL
);

CREATE TABLE businesses (id VARCHAR(20) PRIMARY KEY, name TEXT NOT NULL);

CREATE TABLE checkpoints (
    id              VARCHAR(20) PRIMARY KEY,
    date            DATE NOT NULL,
    cumulative_hash VARCHAR(71) NOT NULL,
    entry_count     BIGINT NOT NULL,
    total_volume    BIGINT NOT NULL
);
