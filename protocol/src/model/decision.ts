export interface Accepted<State> {
  readonly status: 'accepted'
  readonly state: State
}

export interface Refused<Refusal> {
  readonly status: 'refused'
  readonly error: Refusal
}

/** What a model makes of an action: its next state, or its refusal. */
export type DecisionOn<State, Refusal> = Accepted<State> | Refused<Refusal>

export function accepted<State>(state: State): Accepted<State> {
  return { status: 'accepted', state }
}

export function refused<const Refusal>(error: Refusal): Refused<Refusal> {
  return { status: 'refused', error }
}
