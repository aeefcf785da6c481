"""What a team would write first: FastAPI, SQLAlchemy and asyncpg over the service's own table of people.

No history, no rights, no search: only rows in and out. `cargo bench --bench load -- --peer` runs it on the same database in the same run.
"""

import os
from datetime import datetime
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import DateTime, String, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=8)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Columns:
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String)
    email: Mapped[str] = mapped_column(String)
    state: Mapped[str] = mapped_column(String)
    location: Mapped[str | None] = mapped_column(String)
    weekly_hours: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Person(Columns, Base):
    __tablename__ = "people"


class PeerPerson(Columns, Base):
    __tablename__ = "peer_people"


class NewPerson(BaseModel):
    name: str
    email: str
    location: str | None = None


class PersonOut(NewPerson):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    state: str
    weekly_hours: int
    created_at: datetime
    updated_at: datetime


async def session():
    async with sessions() as opened:
        yield opened


@app.get("/people/{id}", response_model=PersonOut)
async def get_person(id: UUID, db: AsyncSession = Depends(session)):
    person = await db.get(Person, id)
    if person is None:
        raise HTTPException(404)
    return person


@app.get("/people", response_model=list[PersonOut])
async def list_people(state: str, limit: int = 50, db: AsyncSession = Depends(session)):
    return (await db.scalars(select(Person).where(Person.state == state).order_by(Person.id).limit(limit))).all()


@app.post("/people", response_model=PersonOut, status_code=201)
async def create_person(new: NewPerson, db: AsyncSession = Depends(session)):
    now = datetime.now().astimezone()
    person = PeerPerson(**new.model_dump(), state="invited", weekly_hours=40, created_at=now, updated_at=now)
    db.add(person)
    await db.commit()
    return person
