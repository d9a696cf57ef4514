package dev.tidemark.tools.load;

import dev.tidemark.error.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file of acknowledgements, read. */
final class AckLog {
  private final Path file;
  private final TreeMap<Long, SessionHeader> sessions = new TreeMap<>();
  private final Map<LaneId, LaneAcks> lanes = new HashMap<>();
  private long lines;

  private AckLog(Path file) {
    this.file = file;
  }

  /**
   * Reads a file; one that is missing says nothing.
   *
   * @throws IllegalArgumentException if it is no file: a directory, or a device that may never end
   */
  static AckLog read(Path file) throws IOException {
    AckLog log = new AckLog(file);
    if (Files.exists(file)) {
      requireRegular(file);
      try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
        log.read(reader);
      }
    }
    return log;
  }

  private static void requireRegular(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Problem.of("acknowledgements are to go where nothing can be kept")
          .with("file", file)
          .advise("give a file, which may be missing; not a directory, a device or a pipe")
          .illegalArgument();
    }
  }

  /**
   * A line that was cut short by the end of its writer is followed by nothing or by the next
   * session's header.
   */
  private void read(BufferedReader reader) throws IOException {
    String cut = null;
    long cutAt = 0;
    long number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isEmpty()) {
        continue;
      }
      SessionHeader header = SessionHeader.parse(line);
      if (header != null) {
        cut = null;
        begin(header, number);
      } else if (cut != null) {
        throw unreadable(cut, cutAt);
      } else if (!take(line, number)) {
        cut = line;
        cutAt = number;
      }
    }
  }

  private void begin(SessionHeader header, long number) {
    if (!sessions.isEmpty() && header.number() <= sessions.lastKey()) {
      throw unreadable(header.line(), number);
    }
    sessions.put(header.number(), header);
  }

  private boolean take(String line, long number) {
    Acknowledgement ack = Acknowledgement.parse(line);
    if (ack == null) {
      return false;
    }
    SessionHeader session = sessions.get(ack.lane().session());
    if (session == null
        || ack.lane().lane() >= session.writers()
        || !lanes.computeIfAbsent(ack.lane(), lane -> new LaneAcks()).add(ack)) {
      throw unreadable(line, number);
    }
    lines++;
    return true;
  }

  private IllegalArgumentException unreadable(String line, long number) {
    return Problem.of("file of acknowledgements has an unexpected line")
        .with("file", file)
        .with("number", number)
        .with("line", line)
        .advise("give the file that 'tidemark load' wrote, as it wrote it")
        .illegalArgument();
  }

  /** The sessions, in order. */
  List<SessionHeader> sessions() {
    return List.copyOf(sessions.values());
  }

  /** The session of a number, if the file tells of it. */
  @Nullable SessionHeader session(long number) {
    return sessions.get(number);
  }

  /**
   * The lowest number of a session that the file tells of; those before are none of its business.
   */
  long firstSession() {
    return sessions.isEmpty() ? 1 : sessions.firstKey();
  }

  /** The greatest number of a session, or 0. */
  long lastSession() {
    return sessions.isEmpty() ? 0 : sessions.lastKey();
  }

  /** What a writer was told. */
  LaneAcks acks(LaneId lane) {
    return lanes.getOrDefault(lane, LaneAcks.none());
  }

  /** How many acknowledgements there are. */
  long lines() {
    return lines;
  }

  /**
   * Where the part of the log ends that a session wrote and that later ones have found: a later
   * session's start is the end that it found, whatever was above it is gone.
   */
  long endOf(SessionHeader session, long logEnd) {
    long end = logEnd;
    for (SessionHeader later : sessions.tailMap(session.number(), false).values()) {
      end = Math.min(end, later.at());
    }
    return end;
  }

  /**
   * Up to where a session's part of the log survives a power loss: what it was told, and what the
   * next one has found, since an open makes all that it finds durable.
   */
  long durableOf(SessionHeader session) {
    long durable = 0;
    for (int lane = 0; lane < session.writers(); lane++) {
      durable = Math.max(durable, acks(session.lane(lane)).greatestSynced());
    }
    Map.Entry<Long, SessionHeader> next = sessions.higherEntry(session.number());
    return next == null ? durable : Math.max(durable, next.getValue().at());
  }
}
