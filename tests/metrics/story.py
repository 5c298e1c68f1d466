"""Little stories for the metrics' tests: orders that really go through the house, at moments the test names."""

from __future__ import annotations

from dataclasses import dataclass

from core.channels.incoming import IncomingLine, Payment
from core.context import Context
from core.db.engines import Databases
from core.db.world_tables import channel
from core.services import intake, orders
from tests.services.desk import Desk, incoming, lay_desk
from tests.services.parcels import bring_on, deliver

HOUR, DAY = 3_600, 86_400
# What the review knows of an address has to fit: region → (city, postcode).
PLACES = {"CN-SH": ("上海市", "200001"), "CN-GD": ("广州市", "510000"), "CN-ZJ": ("杭州市", "310000")}


@dataclass
class Story:
    """A house with two channels and plenty of stock; orders are numbered by themselves."""

    desk: Desk
    start: int
    orders_count: int = 0

    def receive(
        self,
        at: int,
        *,
        channel: str = "tmall",
        region: str = "CN-SH",
        cents: int = 10_000,
        paid: bool = True,
        price: int = 3_500,
        promised_in: int = 96 * HOUR,
    ) -> int:
        """An order of one cup that comes to `cents` with its freight, `at` seconds into the story; gives its id.

        A `price` other than the list's stops it.
        """
        self.orders_count += 1
        city, postcode = PLACES[region]
        order = incoming(
            f"S-{self.orders_count}",
            channel=channel,
            region=region,
            city=city,
            postcode=postcode,
            buyer_phone=f"138{self.orders_count:08d}",
            lines=(IncomingLine("CUP", "Cup", 1, price),),
            shipping_cents=cents - price,
            payments=(Payment("alipay", cents),) if paid else (),
            promised_at=self.start + at + promised_in,
        )
        self.desk.now = self.start + at
        return self.desk.receive(order)

    def ship(self, order_id: int, at: int) -> None:
        """Takes an allocated order through the warehouse in one moment."""
        self.desk.now = self.start + at
        with self.desk.work() as ctx:
            bring_on(ctx, order_id, 4)

    def deliver(self, order_id: int, at: int) -> None:
        """The carrier's word."""
        self.desk.now = self.start + at
        with self.desk.work() as ctx:
            deliver(ctx, order_id)

    def cancel(self, order_id: int, at: int) -> None:
        """The buyer thought better of it."""
        self.desk.now = self.start + at
        with self.desk.work() as ctx:
            orders.cancel_order(ctx, order_id, "changed their mind")

    def expire(self, at: int) -> None:
        """The clock ends what was never paid."""
        self.desk.now = self.start + at
        with self.desk.work() as ctx:
            intake.expire_unpaid(ctx)

    def at(self, ctx: Context, seconds: int) -> Context:
        """The same context at another moment of the story."""
        return ctx.at(self.start + seconds)


def begin(databases: Databases, start: int) -> Story:
    """An empty story that begins at a moment. Units: epoch seconds."""
    desk = lay_desk(databases, start, units=400)
    with desk.work() as ctx:
        ctx.db.execute(channel.insert().values(code="jd", name_en="JD", name_zh="京东", timezone="Asia/Shanghai"))
    return Story(desk, start)
