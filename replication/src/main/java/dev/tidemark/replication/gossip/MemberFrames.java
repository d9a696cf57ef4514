package dev.tidemark.replication.gossip;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.gossip.Member.State;
import dev.tidemark.replication.v1.MemberWord;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Member tables from and to the wire. What no honest member sends ends the session by name. */
final class MemberFrames {
  private static final int MOST_NAME_CHARS = 255;
  private static final int MOST_PORT = 65_535;

  /** Who is further ahead could not be spoken louder than by the member itself. */
  private static final long MOST_AHEAD_MILLIS = TimeUnit.DAYS.toMillis(1);

  private MemberFrames() {}

  static Members encode(List<Member> members) {
    Members.Builder all = Members.newBuilder();
    for (Member member : members) {
      all.addMembers(
          MemberWord.newBuilder()
              .setName(member.name())
              .setReplicaId(member.replicaId())
              .addAllAddresses(member.addresses())
              .setIncarnation(member.incarnation())
              .setState(state(member.state()))
              .setBeat(member.beat())
              .setMillis(member.clockMillis())
              .setOperations(member.operations()));
    }
    return all.build();
  }

  static List<Member> decode(Members told, long nowMillis) {
    if (told.getMembersCount() > MemberTable.MOST) {
      throw refused("too many", told.getMembersCount());
    }
    List<Member> members = new ArrayList<>(told.getMembersCount());
    for (MemberWord word : told.getMembersList()) {
      State state = state(word.getState());
      check(word);
      if (state == null || word.getIncarnation() > nowMillis + MOST_AHEAD_MILLIS) {
        // Of a later minor version; or of a clock that an honest peer may pass on.
        continue;
      }
      members.add(
          new Member(
              word.getName(),
              word.getReplicaId(),
              word.getAddressesList(),
              word.getIncarnation(),
              state,
              word.getBeat(),
              word.getMillis(),
              word.getOperations()));
    }
    return members;
  }

  private static MemberWord.State state(State state) {
    return switch (state) {
      case ALIVE -> MemberWord.State.ALIVE;
      case SUSPECT -> MemberWord.State.SUSPECT;
      case DOWN -> MemberWord.State.DOWN;
      case LEFT -> MemberWord.State.LEFT;
    };
  }

  private static @Nullable State state(MemberWord.State state) {
    return switch (state) {
      case ALIVE -> State.ALIVE;
      case SUSPECT -> State.SUSPECT;
      case DOWN -> State.DOWN;
      case LEFT -> State.LEFT;
      case STATE_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  private static void check(MemberWord word) {
    String name = word.getName();
    if (name.isEmpty()
        || name.length() > MOST_NAME_CHARS
        || !Problem.printable(name).equals(name)
        || word.getReplicaId() == 0) {
      throw refused("no name or no replica", Problem.printable(shortened(name)));
    }
    if (word.getIncarnation() < 0
        || word.getBeat() < 0
        || word.getOperations() < 0
        || word.getMillis() < 0) {
      throw refused("negative count", name);
    }
    if (word.getAddressesCount() > MemberTable.MOST_ADDRESSES) {
      throw refused("too many addresses", word.getAddressesCount());
    }
    word.getAddressesList().forEach(MemberFrames::check);
  }

  private static void check(String address) {
    int colon = address.lastIndexOf(':');
    boolean isAddress =
        colon > 0
            && colon <= MOST_NAME_CHARS
            && address.substring(colon + 1).matches("[0-9]{1,5}")
            && Integer.parseInt(address.substring(colon + 1)) <= MOST_PORT
            && !address.endsWith(":0")
            && address.substring(0, colon).matches("[A-Za-z0-9.:_\\[\\]%-]+");
    if (!isAddress) {
      throw refused("no address", Problem.printable(shortened(address)));
    }
  }

  private static String shortened(String text) {
    return text.length() > MOST_NAME_CHARS ? text.substring(0, MOST_NAME_CHARS) : text;
  }

  private static SessionEndedException refused(String what, Object value) {
    return new SessionEndedException(
        Reason.REFUSED_MEMBERS,
        Problem.of("peer tells of members what cannot be").with("what", what).with("value", value));
  }
}
