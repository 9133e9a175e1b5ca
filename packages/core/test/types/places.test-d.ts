/** Types of values in parts: addresses, points, durations, lookups to one of several entities. */

import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage } from "@kith/core";
import { expectTypeOf, test } from "vitest";

const account = defineEntity("account", {
  fields: { name: field.text({ required: true }), activities: field.children("activity", { via: "regarding" }) },
});
const contact = defineEntity("contact", { fields: { email: field.email(), account: field.lookup("account") } });
const activity = defineEntity("activity", {
  fields: {
    topic: field.text({ required: true }),
    regarding: field.lookup(["account", "contact"]),
    with: field.lookup(["account", "contact"], { required: true }),
    place: field.address({ indexedParts: ["city"] }),
    at: field.geo({ required: true }),
    takes: field.duration(),
  },
});
const model = defineModel({ entities: [account, contact, activity] });
interface Entities extends EntitiesOf<typeof model> {}
declare const storage: Storage;
const xrm = await createXrm<Entities>({ model, storage });

type Reference =
  | { readonly entity: "account"; readonly id: string }
  | { readonly entity: "contact"; readonly id: string };

test("rows and writes", () => {
  void (async () => {
    const at = { lat: 1, lng: 2 };
    const row = await xrm.activity.create({
      topic: "x",
      with: { entity: "account", id: "1" },
      at,
      place: { city: "x" },
    });
    expectTypeOf(row.regarding).toEqualTypeOf<Reference | null>();
    expectTypeOf(row.with).toEqualTypeOf<Reference>();
    expectTypeOf(row.place?.city).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(row.at.lat).toEqualTypeOf<number>();
    expectTypeOf(row.takes).toEqualTypeOf<string | null>();
    await xrm.activity.update("1", { place: { country: "BR" }, regarding: null });
    // @ts-expect-error not a target
    await xrm.activity.update("1", { regarding: { entity: "activity", id: "1" } });
    // @ts-expect-error required
    await xrm.activity.create({ topic: "x", at });
    // @ts-expect-error not a part
    await xrm.activity.update("1", { place: { town: "x" } });
  });
});

test("queries", () => {
  void (() =>
    xrm.activity.findMany({
      where: {
        regarding: { account: { name: { startsWith: "a" } } },
        with: { in: [{ entity: "contact", id: "1" }] },
        place: { city: { contains: "x" }, country: "BR" },
        at: { near: { lat: 1, lng: 1, km: 3 } },
        takes: { gte: "PT1H" },
      },
      orderBy: [
        { regarding: { contact: { account: { name: "asc" } } } },
        { place: { city: "desc" } },
        { takes: "asc" },
      ],
    }));
  void (() => xrm.account.findMany({ where: { activities: { some: { regarding: { contact: { email: null } } } } } }));
  // @ts-expect-error not a field of the target
  void (() => xrm.activity.findMany({ where: { regarding: { account: { email: "x" } } } }));
  // @ts-expect-error not a target
  void (() => xrm.activity.findMany({ where: { regarding: { eq: { entity: "activity", id: "1" } } } }));
  // @ts-expect-error a lookup to several has no order of its own
  void (() => xrm.activity.findMany({ orderBy: { regarding: "asc" } }));
  // @ts-expect-error not a part
  void (() => xrm.activity.findMany({ orderBy: { place: { town: "asc" } } }));
  // @ts-expect-error an address has no order of its own
  void (() => xrm.activity.findMany({ orderBy: { place: "asc" } }));
  // @ts-expect-error a circle has a radius
  void (() => xrm.activity.findMany({ where: { at: { near: { lat: 1, lng: 1 } } } }));
  // @ts-expect-error not a target
  void (() => xrm.activity.findMany({ include: { regarding: { activity: true } } }));
});

test("includes are told apart by entity", () => {
  void (async () => {
    const [row] = await xrm.activity.findMany({ include: { regarding: true } });
    const regarding = row?.regarding;
    if (regarding?.entity === "account") expectTypeOf(regarding.record?.name).toEqualTypeOf<string | undefined>();
    const [other] = await xrm.activity.findMany({ include: { with: { account: true } } });
    // A required lookup has a value, whatever became of the record that it leads to.
    expectTypeOf(other?.with.entity).toEqualTypeOf<"account" | "contact" | undefined>();
    if (other?.with.entity === "account") expectTypeOf(other.with.record?.name).toEqualTypeOf<string | undefined>();
    if (regarding?.entity === "contact")
      expectTypeOf(regarding.record?.email).toEqualTypeOf<string | null | undefined>();
    const [narrow] = await xrm.activity.findMany({
      include: { with: { contact: { select: { email: true }, include: { account: true } } } },
    });
    const reference = narrow?.with;
    if (reference?.entity === "account") expectTypeOf(reference.record).toEqualTypeOf<null>();
    if (reference?.entity === "contact")
      expectTypeOf(reference.record?.account?.name).toEqualTypeOf<string | undefined>();
  });
});

test("aggregates", () => {
  void (async () => {
    const [row] = await xrm.activity.aggregate({
      groupBy: { place: { country: true }, regarding: { account: { name: true }, contact: true }, with: true },
      measures: { total: { sum: "takes" }, mean: { avg: "takes" } },
    });
    expectTypeOf(row?.place.country).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(row?.regarding.contact).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(row?.total).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(row?.with).toEqualTypeOf<Reference | undefined>();
    // @ts-expect-error addresses do not add up
    await xrm.activity.aggregate({ measures: { n: { max: "place" } } });
    // @ts-expect-error not a part
    await xrm.activity.aggregate({ groupBy: { place: { town: true } }, measures: { n: "count" } });
  });
});
