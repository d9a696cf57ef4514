package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a check appends: a little of every strategy. Behind a hole in the log an append succeeds,
 * and is gone at the next open.
 */
final class CheckSession {
  /** How many commits each writer makes. */
  static final long COMMITS = 28;

  /** One that updates, and one that brings another replica's commits. */
  static final int WRITERS = 2;

  private CheckSession() {}

  /** Begins, with a header in the file that says where, and no lines: they are not counted. */
  static SessionHeader begin(Tidemark store, Path directory, Path file, AckLog log)
      throws IOException {
    SessionHeader session =
        LoadStore.next(store, log, SessionHeader.Kind.CHECK, log.lastSession() + 1, WRITERS);
    try (AckFile acks = AckFile.open(file, directory)) {
      acks.append(session.line());
    }
    return session;
  }

  /** Appends. */
  static void append(Tidemark store, Path file, SessionHeader session) throws IOException {
    LoadStore.register(store, session);
    try (RemoteChunks chunks = RemoteChunks.beside(file)) {
      append(store, session, chunks);
    }
  }

  private static void append(Tidemark store, SessionHeader session, RemoteChunks chunks) {
    for (int i = 0; i < WRITERS; i++) {
      CommitWriter writer =
          i == 0 ? new LocalWriter(store) : new RemoteWriter(store, session.remote(), chunks);
      LaneModel model = new LaneModel(session.workload(i));
      while (model.commits() < COMMITS) {
        PlannedCommit commit = model.advance();
        writer.write(commit, commit.durability(), commit.awaited());
      }
    }
  }
}
