import { DemoFailure } from './demo-failure.js';

/** Where a walk ended. */
export interface Visit {
  /** Each answer on the way: status and address. Parameters are named without values, for codes and states are secrets. */
  readonly steps: readonly string[];
  /** The page's whole address, to load it again. */
  readonly address: URL;
  readonly page: string;
}

const mostRedirects = 10;

/** Loads a page as a browser would: follows every redirect by hand, until a page answers. */
export const visit = async (start: URL): Promise<Visit> => {
  const steps: string[] = [];
  let address = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await fetch(address, { redirect: 'manual' });
    steps.push(`${response.status} ${withoutValues(address)}`);
    const page = await response.text();
    const location = response.headers.get('location');
    if (location === null) return { steps, address, page };
    address = new URL(location, address);
  }
  throw new DemoFailure(`${withoutValues(start)} led to no page within ${mostRedirects} redirects`);
};

const withoutValues = ({ origin, pathname, searchParams }: URL): string => {
  const names = [...new Set(searchParams.keys())];
  return `${origin}${pathname}${names.length === 0 ? '' : `?${names.join('&')}`}`;
};
