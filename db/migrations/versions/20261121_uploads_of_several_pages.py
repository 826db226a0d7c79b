"""Uploads have files, files have pages, and pages make documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.base import UtcDateTime

revision = "3f9d2a7c61be"
down_revision = "2c7d90b4e1a6"
branch_labels = None
depends_on = None

# Until now an upload was one file and gave one document: their keys serve for the new rows.
_MOVES = (
    "INSERT INTO upload_file (id, organization_id, upload_id, position, file_id, sha256, filename) "
    "SELECT id, organization_id, id, 1, file_id, sha256, filename FROM upload",
    "INSERT INTO upload_page (id, organization_id, upload_file_id, number, image_id, width, height) "
    "SELECT page.id, page.organization_id, document.upload_id, page.number, page.image_id, page.width, page.height "
    "FROM intake_page AS page JOIN intake_document AS document ON document.id = page.document_id",
    "UPDATE intake_document SET upload_file_id = upload_id",
    "UPDATE intake_page SET upload_page_id = id, position = number",
    "UPDATE upload SET inspected_at = created_at WHERE EXISTS (SELECT 1 FROM intake_document AS document "
    "JOIN intake_page AS page ON page.document_id = document.id WHERE document.upload_id = upload.id)",
)


def upgrade() -> None:
    _create_tables()
    with op.batch_alter_table("upload") as upload:
        upload.add_column(sa.Column("together", sa.Boolean(), nullable=False, server_default=sa.false()))
        upload.add_column(sa.Column("pages_per_document", sa.Integer(), nullable=True))
        upload.add_column(sa.Column("job_id", sa.Uuid(), nullable=True))
        upload.add_column(sa.Column("inspected_at", UtcDateTime(), nullable=True))
        upload.create_foreign_key(op.f("fk_upload_job_id"), "job", ["job_id"], ["id"])
    with op.batch_alter_table("intake_document") as document:
        document.add_column(sa.Column("upload_file_id", sa.Uuid(), nullable=True))
        document.add_column(sa.Column("superseded_by_id", sa.Uuid(), nullable=True))
        document.add_column(sa.Column("similar_to_id", sa.Uuid(), nullable=True))
        document.create_foreign_key(
            op.f("fk_intake_document_upload_file_id"), "upload_file", ["upload_file_id"], ["id"]
        )
        for column in ("superseded_by_id", "similar_to_id"):
            document.create_foreign_key(op.f(f"fk_intake_document_{column}"), "intake_document", [column], ["id"])
    with op.batch_alter_table("intake_page") as page:
        page.add_column(sa.Column("position", sa.Integer(), nullable=True))
        page.add_column(sa.Column("upload_page_id", sa.Uuid(), nullable=True))
        page.create_foreign_key(op.f("fk_intake_page_upload_page_id"), "upload_page", ["upload_page_id"], ["id"])
        page.alter_column("image_id", existing_type=sa.Uuid(), nullable=True)
        page.drop_constraint(op.f("uq_intake_page_document_id_number"), type_="unique")
    _move()
    with op.batch_alter_table("upload") as upload:
        upload.alter_column("together", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        upload.drop_index("ix_upload_organization_sha256")
        upload.drop_constraint(op.f("fk_upload_file_id"), type_="foreignkey")
        for column in ("file_id", "sha256", "filename"):
            upload.drop_column(column)
    with op.batch_alter_table("intake_document") as document:
        document.alter_column("upload_file_id", existing_type=sa.Uuid(), nullable=False)
    op.create_index(op.f("ix_intake_document_upload_file_id"), "intake_document", ["upload_file_id"])
    op.create_index("ix_intake_document_sheet_id", "intake_document", ["sheet_id"])
    with op.batch_alter_table("intake_page") as page:
        page.alter_column("position", existing_type=sa.Integer(), nullable=False)
        page.alter_column("upload_page_id", existing_type=sa.Uuid(), nullable=False)
        page.create_unique_constraint(op.f("uq_intake_page_document_id_position"), ["document_id", "position"])
    op.create_index(op.f("ix_intake_page_upload_page_id"), "intake_page", ["upload_page_id"])


def _create_tables() -> None:
    op.create_table(
        "upload_file",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_upload_file_file_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upload_file_organization_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_file_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_file")),
        sa.UniqueConstraint("upload_id", "position", name=op.f("uq_upload_file_upload_id_position")),
    )
    op.create_index(op.f("ix_upload_file_organization_id"), "upload_file", ["organization_id"])
    op.create_index("ix_upload_file_organization_sha256", "upload_file", ["organization_id", "sha256"])
    op.create_table(
        "upload_page",
        sa.Column("upload_file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sheet_code", sa.String(length=32), nullable=True),
        sa.Column("page_code", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.String(length=256), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_upload_page_image_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upload_page_organization_id")),
        sa.ForeignKeyConstraint(["upload_file_id"], ["upload_file.id"], name=op.f("fk_upload_page_upload_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_page")),
        sa.UniqueConstraint("upload_file_id", "number", name=op.f("uq_upload_page_upload_file_id_number")),
    )
    op.create_index(op.f("ix_upload_page_organization_id"), "upload_page", ["organization_id"])


def _move() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in _MOVES:
            connection.execute(sa.text(statement))
        return
    # Row security holds for the owner too: one organisation after the other.
    for organization_id in connection.scalars(sa.text("SELECT id FROM organization")).all():
        connection.execute(sa.text("SELECT set_config('app.organization', :id, true)"), {"id": str(organization_id)})
        for statement in _MOVES:
            connection.execute(sa.text(statement))
    connection.execute(sa.text("SELECT set_config('app.organization', '', true)"))


def downgrade() -> None:
    raise NotImplementedError("an upload of several files cannot become one of a single file again")
