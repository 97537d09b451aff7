"""What every model derives from, and the columns that many share."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Text, func
from sqlalchemy.orm import DeclarativeBase, mapped_column

Id = Annotated[str, mapped_column(String(20), primary_key=True)]
OrganisationId = Annotated[str, mapped_column(String(20), ForeignKey("organisations.id"))]
Name = Annotated[str, mapped_column(Text)]
Cents = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class Base(DeclarativeBase):
    """The metadata that migrations are compared with."""
