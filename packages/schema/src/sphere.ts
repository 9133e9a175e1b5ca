/** Points on the earth, taken as a sphere, and distances between them. Only + - * and comparisons are left to whoever compares, so that each engine gets the same. */

/** A point on the earth: degrees north and east. */
export interface GeoPoint {
  readonly lat: number;
  readonly lng: number;
}

/** The earth's mean radius in kilometres (IUGG), which distances are computed with. */
export const earthRadiusKm = 6371.0088;

const radians = Math.PI / 180;

/** The sine of degrees: exact where it is -1, 0 or 1, so that the two names of a pole or of the date line are one point. */
function sine(degrees: number): number {
  if (degrees % 180 === 0) return 0;
  if (degrees % 90 === 0) return ((degrees % 360) + 360) % 360 === 90 ? 1 : -1;
  return Math.sin(degrees * radians);
}

function cosine(degrees: number): number {
  if (degrees % 360 === 0) return 1;
  if (degrees % 180 === 0) return -1;
  return degrees % 90 === 0 ? 0 : Math.cos(degrees * radians);
}

/** A point on the sphere of radius 1. */
export function unitVector({ lat, lng }: GeoPoint): readonly [number, number, number] {
  const ring = cosine(lat);
  return [ring * cosine(lng) + 0, ring * sine(lng) + 0, sine(lat)];
}

/** The square of the straight line through a unit sphere that spans a distance on the earth; above every line for half the globe and more. */
export function squaredChord(km: number): number {
  const half = km / (2 * earthRadiusKm);
  if (half >= Math.PI / 2) return 5;
  const line = 2 * Math.sin(half);
  return line * line;
}

/** The square of the straight line between two points of the unit sphere, summed up in this very order. */
export function squaredLine(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]);
}

/** What a circle lies within: degrees of latitude, and one or two spans of longitude (two across the date line; an unused one is empty). */
export interface Box {
  readonly south: number;
  readonly north: number;
  readonly spans: readonly [readonly [number, number], readonly [number, number]];
}

/** More than rounding can move a point, in degrees: a box must hold all of its circle. */
const slack = 1e-6;
const nowhere = [1, 0] as const;

/** The box around a circle; a first and quick look, which an index can take. */
export function boxAround({ lat, lng }: GeoPoint, km: number): Box {
  const reach = km / earthRadiusKm / radians + slack;
  const [south, north] = [lat - reach, lat + reach];
  // Around a pole every longitude is near.
  if (south <= -90 || north >= 90) return { south, north, spans: [[-180, 180], nowhere] };
  const widest = Math.asin(Math.min(1, Math.sin(reach * radians) / Math.cos(lat * radians))) / radians + slack;
  const [west, east] = [lng - widest, lng + widest];
  if (widest >= 180) return { south, north, spans: [[-180, 180], nowhere] };
  // The date line is kept as 180, and either side of it is near.
  if (west <= -180)
    return {
      south,
      north,
      spans: [
        [-180, east],
        [west + 360, 180],
      ],
    };
  if (east >= 180)
    return {
      south,
      north,
      spans: [
        [west, 180],
        [-180, east - 360],
      ],
    };
  return { south, north, spans: [[west, east], nowhere] };
}
