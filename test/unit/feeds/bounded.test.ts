import { BoundedCache } from '../../../exporter/src/feeds/bounded-cache';
import { boundedMap } from '../../../exporter/src/feeds/bounded-map';

describe('A bounded map', () => {
  it('keeps the order of its items and never has more calls under way than allowed', async () => {
    let underWay = 0;
    let most = 0;
    const answers = await boundedMap([5, 1, 4, 2, 3, 0], 3, async (turns) => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      underWay -= 1;
      return turns * 10;
    });
    expect(answers).toEqual([50, 10, 40, 20, 30, 0]);
    expect(most).toBe(3);
  });

  it('has nothing to do with no items, and fails with the first call that fails', async () => {
    expect(await boundedMap([], 3, () => Promise.resolve(1))).toEqual([]);
    await expect(boundedMap([1, 2], 2, (item) => Promise.reject(new Error(`${item}`)))).rejects.toThrow('1');
  });
});

describe('A bounded cache', () => {
  it('forgets what was unused for longest', () => {
    const cache = new BoundedCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    expect(cache.get('a')).toBe(1);
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });
});
