package dev.tidemark.storage.membership;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Join;
import dev.tidemark.engine.stability.Pulse;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.error.MalformedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key under which members say who they are: an {@code lww-map}. The dot and the stamp of what
 * is said are those of the cell that says it.
 *
 * <pre>
 *   field                     value
 *   join/REPLICA/SPONSOR      version vector: what the sponsor had seen
 *   retire/REPLICA/BY         nothing
 *   pulse/MEMBER              horizon u64 LE, newest u64 LE (stamps), floor
 *   anew/REPLICA/BY           done u8 (0, 1), prefix (varint length, bytes), key
 * </pre>
 *
 * Ids are decimal. What cannot be read says nothing, and says so to every store alike.
 */
public final class MembersKey {
  /** The key. */
  public static final Bytes KEY = Bytes.utf8(Namespace.SYSTEM.prefix().toUtf8() + "members");

  private static final String JOIN = "join";
  private static final String RETIRE = "retire";
  private static final String PULSE = "pulse";
  private static final String ANEW = "anew";

  private MembersKey() {}

  /** What a sponsor writes to let a replica in. */
  public static Update join(long replica, long sponsor, VersionVector seen) {
    ByteWriter value = new ByteWriter(64);
    seen.encode(value);
    return put(List.of(JOIN, ReplicaId.format(replica), ReplicaId.format(sponsor)), value);
  }

  /** What a member writes to retire another. */
  public static Update retirement(long replica, long by) {
    ByteWriter nothing = new ByteWriter(1);
    return put(List.of(RETIRE, ReplicaId.format(replica), ReplicaId.format(by)), nothing);
  }

  /** A member's heartbeat, and below what everybody may forget as far as it knows. */
  public static Update pulse(long member, Stability.Announcement said, Floor floor) {
    ByteWriter value = new ByteWriter(64).i64(said.horizon()).i64(said.newest());
    value.raw(floor.encode());
    return put(List.of(PULSE, ReplicaId.format(member)), value);
  }

  /** What a member writes with what it makes anew of a store that must not go on. */
  public static Update reissued(long replica, long by, Reissued upTo) {
    ByteWriter value = new ByteWriter(64).u8(upTo.isDone() ? 1 : 0);
    value.bytes(upTo.prefix()).raw(upTo.key().array());
    return put(List.of(ANEW, ReplicaId.format(replica), ReplicaId.format(by)), value);
  }

  /** How far what only a replica had was made anew, by whomever. */
  public static Reissued reissued(KeyView key, long replica) {
    String begin = ANEW + "/" + ReplicaId.format(replica) + "/";
    Reissued[] furthest = {Reissued.NOTHING};
    key.cells(
        CellRange.ALL,
        (field, bytes) -> {
          VersionedCell cell = VersionedCell.decode(bytes);
          Bytes value = cell.value();
          Bytes signed = Bytes.utf8(begin + ReplicaId.format(cell.version().replica()));
          if (value != null && field.equals(signed)) {
            Reissued said = readReissued(value);
            furthest[0] = said.compareTo(furthest[0]) > 0 ? said : furthest[0];
          }
          return true;
        });
    return furthest[0];
  }

  private static Reissued readReissued(Bytes value) {
    try {
      ByteReader in = new ByteReader(value.array());
      boolean isDone = in.u8() == 1;
      Bytes prefix = Bytes.wrap(in.bytes("prefix bytes", Limits.MAX_KEY_BYTES));
      return new Reissued(isDone, prefix, Bytes.wrap(in.rest()));
    } catch (MalformedException unreadable) {
      return Reissued.NOTHING;
    }
  }

  private static Update put(List<String> field, ByteWriter value) {
    return new Update.PutField(
        Bytes.utf8(String.join("/", field)), Bytes.wrap(value.toByteArray()));
  }

  /** All that the key says. */
  public static Roster roster(KeyView key) {
    Roster[] roster = {Roster.EMPTY};
    key.cells(
        CellRange.ALL,
        (field, bytes) -> {
          VersionedCell cell = VersionedCell.decode(bytes);
          Bytes value = cell.value();
          if (value != null) {
            roster[0] = read(roster[0], field, cell.version(), value);
          }
          return true;
        });
    return roster[0];
  }

  /** What a delta of the key says. */
  public static Roster roster(KeyDelta delta) {
    Roster roster = Roster.EMPTY;
    for (var entry : delta.cells().entrySet()) {
      VersionedCell cell = VersionedCell.decode(entry.getValue());
      Bytes value = cell.value();
      if (value != null) {
        roster = read(roster, entry.getKey(), cell.version(), value);
      }
    }
    return roster;
  }

  /** Below what a state that holds the key may forget: all that any member has said. */
  public static Floor floor(KeyView key) {
    Floor[] floor = {Floor.NONE};
    key.cells(
        CellRange.ALL,
        (field, bytes) -> {
          VersionedCell cell = VersionedCell.decode(bytes);
          Bytes value = cell.value();
          if (value != null && isPulse(field, cell.version())) {
            floor[0] = floor[0].join(floorOfPulse(value, cell.version()));
          }
          return true;
        });
    return floor[0];
  }

  private static boolean isPulse(Bytes field, Version version) {
    return field.equals(Bytes.utf8(PULSE + "/" + ReplicaId.format(version.replica())));
  }

  private static Floor floorOfPulse(Bytes value, Version version) {
    try {
      ByteReader in = new ByteReader(value.array());
      in.skip(2 * Long.BYTES);
      Floor floor = Floor.decode(in);
      in.expectEnd();
      return isPast(floor.horizon(), version) ? floor : Floor.NONE;
    } catch (MalformedException unreadable) {
      return Floor.NONE;
    }
  }

  private static Roster read(Roster roster, Bytes field, Version version, Bytes value) {
    try {
      String[] words = field.isUtf8() ? field.toUtf8().split("/", -1) : new String[0];
      Roster wider = words.length < 2 ? null : read(roster, words, version, value);
      return wider == null ? roster : wider;
    } catch (MalformedException | IllegalArgumentException unreadable) {
      return roster;
    }
  }

  private static @Nullable Roster read(
      Roster roster, String[] words, Version version, Bytes value) {
    long replica = ReplicaId.parse(words[1]);
    boolean isSigned = words.length == 3 && ReplicaId.parse(words[2]) == version.replica();
    ByteReader in = new ByteReader(value.array());
    if (words[0].equals(JOIN) && isSigned) {
      VersionVector seen = VersionVector.decode(in);
      in.expectEnd();
      return roster.and(new Join(replica, version.dot(), version.stamp(), seen));
    }
    if (words[0].equals(RETIRE) && isSigned) {
      return roster.and(new Retirement(replica, version.dot()));
    }
    if (words[0].equals(PULSE) && words.length == 2 && replica == version.replica()) {
      Pulse pulse = new Pulse(in.i64(), in.i64(), version.sequence());
      Floor floor = Floor.decode(in);
      in.expectEnd();
      boolean isPast =
          isPast(pulse.horizon(), version)
              && isPast(pulse.newest(), version)
              && isPast(floor.horizon(), version);
      return isPast ? roster.and(replica, pulse) : null;
    }
    return null;
  }

  /** A member speaks of what it has seen, and stamps that above all of it. */
  private static boolean isPast(long stamp, Version version) {
    return stamp >= 0 && stamp < version.stamp();
  }
}
