-- The nine tables of the data model. Names and columns are the document's; what goes beyond it says why.

CREATE TABLE organisations (
    id                 VARCHAR(20) PRIMARY KEY CHECK (id <> ''),  -- an empty context must never match an organisation
    name               TEXT NOT NULL,
    legal_name         TEXT,
    type               VARCHAR(30) NOT NULL DEFAULT 'nonprofit',
    status             VARCHAR(20) NOT NULL DEFAULT 'pending',
    country            VARCHAR(2),
    tax_id             TEXT,
    stripe_account_id  TEXT,
    verification_level VARCHAR(20),
    created_at         TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at         TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE TABLE users (
    id             VARCHAR(20) PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,
    name           TEXT,
    password_hash  TEXT,
    status         VARCHAR(20) NOT NULL DEFAULT 'active',
    security_stamp TEXT,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at     TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE TABLE funds (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations (id),
    name            TEXT NOT NULL,
    type            VARCHAR(20) NOT NULL DEFAULT 'general',
    status          VARCHAR(20) NOT NULL DEFAULT 'active',
    balance         BIGINT NOT NULL DEFAULT 0,
    currency        VARCHAR(3) NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT NOW(),

    UNIQUE (organisation_id, id)  -- what transactions refer to
);

CREATE TABLE projects (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations (id),
    fund_id         VARCHAR(20),
    name            TEXT NOT NULL,
    description     TEXT,
    status          VARCHAR(20) NOT NULL DEFAULT 'planning',
    budget          BIGINT,
    spent           BIGINT NOT NULL DEFAULT 0,
    sdgs            SMALLINT[],
    start_date      DATE,
    end_date        DATE,

    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, fund_id) REFERENCES funds (organisation_id, id)
);

CREATE TABLE transactions (
    id                 VARCHAR(20) PRIMARY KEY,
    organisation_id    VARCHAR(20) NOT NULL REFERENCES organisations (id),
    type               VARCHAR(50) NOT NULL,
    amount             BIGINT NOT NULL,
    currency           VARCHAR(3) NOT NULL,
    status             VARCHAR(20) NOT NULL DEFAULT 'pending',
    "timestamp"        TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    visibility         VARCHAR(30) NOT NULL DEFAULT 'public_full',
    fund_id            VARCHAR(20),
    project_id         VARCHAR(20),
    external_reference TEXT,
    metadata           JSONB NOT NULL DEFAULT '{}',

    -- Foreign keys ignore row security: only with the organisation in the key can nobody refer to a foreign fund.
    FOREIGN KEY (organisation_id, fund_id) REFERENCES funds (organisation_id, id),
    FOREIGN KEY (organisation_id, project_id) REFERENCES projects (organisation_id, id)
);

CREATE TABLE campaigns (
    id              VARCHAR(20) PRIMARY KEY,
    organisation_id VARCHAR(20) NOT NULL REFERENCES organisations (id),
    fundraiser_id   VARCHAR(20) REFERENCES users (id),
    name            TEXT NOT NULL,
    type            VARCHAR(20) NOT NULL DEFAULT 'organizational',
    status          VARCHAR(20) NOT NULL DEFAULT 'draft',
    goal            BIGINT,
    raised          BIGINT NOT NULL DEFAULT 0,
    donor_count     INTEGER NOT NULL DEFAULT 0,
    start_date      DATE,
    end_date        DATE
);

CREATE TABLE businesses (
    id         VARCHAR(20) PRIMARY KEY,
    name       TEXT NOT NULL,
    legal_name TEXT,
    type       VARCHAR(20) NOT NULL DEFAULT 'llc',
    status     VARCHAR(20) NOT NULL DEFAULT 'pending',
    country    VARCHAR(2),
    tax_id     TEXT
);

CREATE TABLE checkpoints (
    id              VARCHAR(20) PRIMARY KEY,
    date            DATE NOT NULL UNIQUE,
    cumulative_hash VARCHAR(71) NOT NULL,
    entry_count     BIGINT NOT NULL,
    total_volume    BIGINT NOT NULL
);
