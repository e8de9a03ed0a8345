/** A wallet's consent to be an agent's lasts no longer, in seconds (ERC-8004's reference): there is no nonce in it. */
export const MAX_DEADLINE_DELAY_SECONDS = 300n
