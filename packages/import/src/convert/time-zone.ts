/** From local times to instants. Offsets come from Node alone. */

/** A time zone's offsets. */
export interface TimeZone {
  /**
   * The instant (milliseconds since 1970) of a local time, given as if it were UTC; the earlier of two when clocks go back, undefined when they jump
   * over it.
   */
  readonly instant: (local: number) => number | undefined;
}

/** A time zone by name (`America/Sao_Paulo`, `UTC`) or offset (`-03:00`, `Z`); undefined when there is none. */
export function timeZone(name: string): TimeZone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name === "Z" ? "UTC" : name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
  const offset = (at: number): number => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = value;
    const { year, month, day, hour, minute, second } = parts;
    const local = new Date(0);
    local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    local.setUTCHours(Number(hour), Number(minute), Number(second));
    return local.getTime() - Math.floor(at / 1000) * 1000;
  };
  return {
    instant(local) {
      // The offset a day before and a day after: one of them holds, unless clocks jumped over the time.
      const day = 86_400_000;
      const candidates = [offset(local - day), offset(local + day)].map((shift) => local - shift);
      const right = candidates.filter((at) => at + offset(at) === local);
      return right.length > 0 ? Math.min(...right) : undefined;
    },
  };
}
