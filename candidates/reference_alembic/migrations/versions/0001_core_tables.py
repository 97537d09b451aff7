"""The tables that the ledger speaks of"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE organisations (
    id                 VARCHAR(20) PRIMARY KEY CHECK (id <> ''),
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

    UNIQUE (organisation_id, id)
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

    FOREIGN KEY (organisation_id, fund_id) REFERENCES funds (organisation_id, id),
    FOREIGN KEY (organisation_id, project_id) REFERENCES projects (organisation_id, id)
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
"""


def upgrade() -> None:
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for name in ("checkpoints", "businesses", "transactions", "projects", "funds", "users", "organisations"):
        op.drop_table(name)
