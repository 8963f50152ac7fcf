import type { LoadResult } from './load.ts';

/** One line of a result. */
export interface Figure {
  what: string;
  unit:
    | 'requests/s'
    | 'resolutions/s'
    | 'signatures/s'
    | 'hashes/s'
    | 'sign-ins/s'
    | 'deliveries/s'
    | 's'
    | 'MB'
    | 'kB'
    | 'ratio';
  value: number;
  /** What DESIGN asks for: at least for throughput, at most for time and memory. */
  target?: number;
  load?: LoadResult;
}

export const throughput = (what: string, load: LoadResult, target?: number): Figure => ({
  what,
  unit: 'requests/s',
  value: load.perSecond,
  load,
  ...(target === undefined ? {} : { target }),
});
