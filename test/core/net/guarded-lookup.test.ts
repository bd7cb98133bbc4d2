import type { LookupAddress, LookupOptions } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { guardedLookup, type ResolveName } from '../../../core/net/guarded-lookup.ts';
import { isPublicAddress } from '../../../core/net/public-address.ts';

/** A resolver of made-up names: no query leaves the machine. */
const names: Readonly<Record<string, readonly LookupAddress[]>> = {
  'public.test': [
    { address: '8.8.8.8', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ],
  'mixed.test': [
    { address: '8.8.8.8', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ],
  'translated.test': [{ address: '64:ff9b::a9fe:a9fe', family: 6 }],
  'nowhere.test': [],
};
const resolveName: ResolveName = (name) => Promise.resolve(names[name]!);

function look(name: string, options: LookupOptions): Promise<unknown> {
  const lookup = guardedLookup({
    allowAddress: isPublicAddress,
    refuse: (hostname) => new Error(`refused ${hostname}`),
    resolveName,
  });
  return new Promise((resolve, reject) => {
    lookup(name, options, (error, addresses, family) => {
      if (error) reject(error);
      else resolve(options.all ? addresses : { address: addresses, family });
    });
  });
}

describe('guardedLookup', () => {
  it('gives all addresses, one of them, or those of a family', async () => {
    expect(await look('public.test', { all: true })).toEqual(names['public.test']);
    expect(await look('public.test', {})).toEqual({ address: '8.8.8.8', family: 4 });
    expect(await look('public.test', { family: 6 })).toEqual({ address: '2606:4700::1111', family: 6 });
    expect(await look('public.test', { family: 'IPv6' })).toEqual({ address: '2606:4700::1111', family: 6 });
  });

  it.each(['mixed.test', 'translated.test'])(
    'refuses %s for one address that is not allowed',
    async (name) => {
      await expect(look(name, { all: true })).rejects.toThrow(`refused ${name}`);
      await expect(look(name, { family: 4 })).rejects.toThrow(`refused ${name}`);
    },
  );

  it('knows a name without addresses', async () => {
    await expect(look('nowhere.test', {})).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
