"""Add campaign table"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
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
)
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE ON campaigns TO amply_app")
    op.execute("GRANT SELECT ON campaigns TO amply_readonly")


def downgrade() -> None:
    op.drop_table("campaigns")
