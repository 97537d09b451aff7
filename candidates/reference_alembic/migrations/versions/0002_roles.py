"""Who may do what, before there is anything to protect; passwords are set at deployment"""

from alembic import op

revision = "0002"
down_revision = "0001"

CONTEXT = "NULLIF(current_setting('app.current_org_id', true), '')"
ISOLATED = ("funds", "transactions")


def upgrade() -> None:
    op.execute("REVOKE ALL ON DATABASE amply FROM PUBLIC")
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for role, privileges in (("amply_app", "SELECT, INSERT"), ("amply_readonly", "SELECT")):
        op.execute(f"CREATE USER {role}")
        op.execute(f"GRANT CONNECT ON DATABASE amply TO {role}")
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        op.execute(
            f"GRANT {privileges} ON organisations, users, funds, projects, transactions, businesses, checkpoints TO {role}"
        )
    op.execute("GRANT UPDATE ON transactions, users, organisations, funds, projects, businesses TO amply_app")
    for table in ISOLATED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY org_isolation ON {table} FOR ALL USING (organisation_id = {CONTEXT})")


def downgrade() -> None:
    for table in ISOLATED:
        op.execute(f"DROP POLICY org_isolation ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for role in ("amply_app", "amply_readonly"):
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON DATABASE amply FROM {role}")
        op.execute(f"DROP ROLE {role}")
    op.execute("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    op.execute("GRANT CONNECT, TEMPORARY ON DATABASE amply TO PUBLIC")
