import { location, locationMode, locationPc, type Location } from '../../translate/ir/block';
import { Random } from '../../translate/ir/random-block';
import { LocationIndex, lookUp } from './location-index';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);

it(`finds what a Map would (TSEMU_SEED=${seed})`, () => {
  const random = new Random(seed);
  const index = new LocationIndex();
  const reference = new Map<Location, number>();
  const locations = Array.from({ length: 3000 }, (_, k) => location(0xffff_8000 + 2 * k, random.below(3)));
  for (let n = 1; n < 20_000; n++) {
    const at = random.pick(locations);
    switch (random.below(4)) {
      case 0:
        index.delete(at);
        reference.delete(at);
        break;
      case 1:
        index.add(locationPc(at) | 0, locationMode(at), n);
        if (!reference.has(at)) reference.set(at, n);
        break;
      default:
        index.set(at, n);
        reference.set(at, n);
    }
  }
  for (const at of locations) {
    expect(index.get(at)).toBe(reference.get(at) ?? 0);
    expect(Math.max(lookUp(index.words, 0, index.slots, at), 0)).toBe(reference.get(at) ?? 0);
  }
});
