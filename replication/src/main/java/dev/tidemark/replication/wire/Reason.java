package dev.tidemark.replication.wire;

/** Why a session ended. The names go over the wire, into the status and into metrics. */
public enum Reason {
  /** The peer leaves, or this replicator is closed. */
  LEAVING,
  /** The store holds other keys than it did: it comes back and tells which. */
  INTEREST_CHANGED,
  /** The connection is gone. */
  LOST,
  /** Another session with the same peer goes on. */
  DUPLICATE_SESSION,
  /** This replicator has dialled itself; the address may come to be another's. */
  SELF,
  /** The peer was silent, sent a run too slowly, or did not read, for longer than is waited. */
  TIMEOUT,
  /**
   * A connection that ended without a call: no TLS or none that is accepted, a certificate that is
   * not trusted or that is missing, something else than HTTP/2, or silence.
   */
  NO_CALL,
  /** As many sessions as are allowed. */
  TOO_MANY_SESSIONS,
  /** A failure of the local store or of the program, not of the peer. */
  LOCAL_FAILURE,
  /** No token, or another one. */
  BAD_TOKEN,
  /** The name is not on the allow-list. */
  NOT_ALLOWED,
  /** The certificate does not carry the name, or not that of the replica id's owner. */
  WRONG_NAME,
  /** The certificate is not trusted any more. */
  NOT_TRUSTED,
  /** No protocol version in common. */
  WRONG_VERSION,
  /** Of another cluster. */
  WRONG_CLUSTER,
  /** A store of the same replica id: a copy of a directory, or a badly given id. */
  DUPLICATE_REPLICA,
  /**
   * The peer has seen operations of this replica that this store has not made: it was rolled back.
   */
  ROLLED_BACK,
  /**
   * The members have retired the peer, or one whose operations it has that they never took: its
   * store refuses to write from now on. Who, by which operation and how far it was listened to
   * stands in the detail.
   */
  RETIRED,
  /**
   * The two have seen different operations under the same ids: somebody was copied, or restored
   * from an old copy and written to. If that is one of the two, its store refuses to write from now
   * on.
   */
  FORKED,
  /** A frame that is larger than the bound. */
  OVERSIZE_FRAME,
  /** What decompresses to more than the bound, or to another size than it says. */
  OVERSIZE_PAYLOAD,
  /** Bytes that are no frame, or no part of one. */
  MALFORMED_FRAME,
  /** A frame that cannot come now. */
  UNEXPECTED_FRAME,
  /** A member table that no honest member sends. */
  REFUSED_MEMBERS,
  /** The store refuses a commit or run: gap, future stamp, forged origin, other schema. */
  REFUSED_CONTENT
}
