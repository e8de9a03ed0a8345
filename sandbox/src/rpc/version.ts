/** The nearcore whose protocol and interfaces this node has; tools compare it. */
export const VERSION = '2.13.4'
