import { describe, expect, it } from "vitest";
import { age, counted, dateTime, duration, fileStem, millis, shortCount, size } from "./format";

describe("numbers in words", () => {
  it("writes times of any length in the ms column", () => {
    expect([400, 12_000, 999_400, 2_100_000, 90_000_000].map(millis)).toEqual(["0.4", "12", "999", "2.1 s", "2 min"]);
    expect(duration(48_000)).toBe("48 ms");
    expect(duration(2_100_000)).toBe("2.1 s");
  });

  it("writes sizes with their unit", () => {
    expect([0, 746, 3_175, 10_485_760].map(size)).toEqual(["0 B", "746 B", "3.1 KB", "10 MB"]);
  });

  it("shortens counts where there is little room", () => {
    expect([0, 1_204, 12_400, 245_000, 1_204_118].map(shortCount)).toEqual(["0", "1,204", "12.4k", "245k", "1.2M"]);
    expect([counted(1, "exchange"), counted(3, "exchange")]).toEqual(["1 exchange", "3 exchanges"]);
  });

  it("says how long ago in one unit", () => {
    const now = 10_000_000;
    expect([9_996, 9_000, 1_000].map((second) => age(second * 1e6, now * 1)).every((text) => text.length > 0)).toBe(
      true,
    );
    expect(age((now / 1000 - 4) * 1e6, now)).toBe("4 s");
    expect(age((now / 1000 - 7_200) * 1e6, now)).toBe("2 h");
  });

  it("writes the year of a time only if it is not this one's", () => {
    const now = new Date(2026, 10, 22, 12, 4, 9);
    expect(dateTime(new Date(2026, 10, 22, 12, 4, 9, 564).getTime() * 1000, now)).toBe("22 Nov 12:04:09.564");
    expect(dateTime(new Date(2025, 0, 2, 3, 4, 5, 6).getTime() * 1000, now)).toBe("2 Jan 2025 03:04:05.006");
  });

  it("names a workspace by its file", () => {
    expect(fileStem("/home/ada/acme-sync.pushpull")).toBe("acme-sync");
    expect(fileStem("C:\\work\\x.pushpull")).toBe("x");
  });
});
