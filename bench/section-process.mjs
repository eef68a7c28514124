import { answer } from './measuring/processes.mjs';

answer({
  measure: async (section, size) => {
    const { measure } = await import(`./sections/${section}.mjs`);
    return measure(size);
  },
});
