package dev.tidemark.replication;

import dev.tidemark.replication.wire.Reason;

/**
 * Why there is no session with who is at an address that is dialled.
 *
 * @param address as it was given
 * @param reason why the last try or session ended
 * @param message the same for people, with what the peer has said
 * @param atMillis when that was, as the clock of this machine has it
 */
public record PeerTrouble(String address, Reason reason, String message, long atMillis) {}
