package dev.tidemark.replication.session;

import java.util.Set;

/** A way to the other end, which bounds what is under way in each direction. Thread-safe. */
public interface Link {
  /** Who listens at this end. No method may wait. */
  interface Receiver {
    /** A frame that was asked for. */
    void onFrame(byte[] frame);

    /** More can be sent. */
    void onReady();

    /** Nothing comes any more. */
    void onClosed(String detail);
  }

  /** Whether something can be sent without being queued. */
  boolean isReady();

  /** Sends a frame. */
  void send(byte[] frame);

  /** Lets so many more frames come. */
  void request(int frames);

  /** Ends it; what was sent still arrives, if it can. */
  void close(String detail);

  /** The names that the peer's certificate carries; empty without a certificate. */
  Set<String> certifiedNames();

  /** The other end's address, for people. */
  String address();

  /** Whether the certificate that the other end has shown, if any, is one that is trusted now. */
  default boolean isTrusted() {
    return true;
  }
}
