import { XrmError } from "@kith/core";
import { describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { checkNode } from "../src/sqlite-open.ts";

const refuse = (options: unknown): XrmError => {
  try {
    sqlite(options as never);
  } catch (error) {
    if (error instanceof XrmError) return error;
  }
  throw new Error("sqlite() did not refuse.");
};

describe("options", () => {
  it("names the nearest option for one that it does not know", () => {
    const error = refuse({ file: "x.db", syncronous: "full" });
    expect(error.code).toBe("INVALID_OPTIONS");
    expect(error.message).toContain("Did you mean 'synchronous'?");
    expect(error.params["option"]).toBe("syncronous");
  });

  it.each([undefined, null, "crm.db", [], 5])("refuses %j in place of options", (options) => {
    expect(refuse(options).code).toBe("INVALID_OPTIONS");
  });

  it.each(["", " ", " x.db", "x.db ", "a\0b", 5, undefined, null])("refuses the file %j", (file) => {
    expect(refuse({ file }).params["option"]).toBe("file");
  });

  it.each(["off", "FULL", true, 1])("refuses synchronous: %j", (synchronous) => {
    expect(refuse({ file: "x.db", synchronous }).params["option"]).toBe("synchronous");
  });

  it("says what a database in memory cannot do", () => {
    expect(sqlite({ file: ":memory:" }).capabilities).toEqual({ durable: false, readsDuringTransaction: false });
    expect(sqlite({ file: "x.db" }).capabilities).toEqual({});
  });
});

describe("the Node version", () => {
  it.each(["18.20.0", "20.19.4", "22.11.0"])("refuses Node %s before the driver is loaded", (version) => {
    expect(() => checkNode(version)).toThrowError(
      expect.objectContaining({ code: "NODE_TOO_OLD", message: expect.stringContaining(version) }),
    );
  });

  it.each(["22.12.0", "23.0.0", "24.21.0", "26.0.0-nightly"])("accepts Node %s", (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });
});
