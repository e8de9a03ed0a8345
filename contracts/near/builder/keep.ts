import type { Plugin } from 'rolldown'

/** Collects what comments ask to keep: `@keep copyWithin flatMap` names built-ins that only run-time strings will say. */
export function collectKeptNames(names: Set<string>): Plugin {
  return {
    name: 'collect-kept-names',
    transform: {
      filter: { code: /@keep / },
      handler(code) {
        for (const [, list] of code.matchAll(/@keep ([\w$ ]+)/g))
          for (const name of (list ?? '').split(' ').filter(Boolean)) names.add(name)
        return null
      },
    },
  }
}
