package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.handover.ReplicaNames;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnersTest {
  private final Owners owners = new Owners(ReplicaNames.unsaved());

  private void speak(String name, long replica, String... certified) {
    owners.require(
        new Peer(name, "", replica, 1, VersionVector.EMPTY, Interest.ALL, false, true),
        Set.of(certified));
  }

  @Test
  void anIdIsOfTheNameThatUsedItFirst() {
    speak("a", 1, "a", "localhost");
    speak("a", 1, "a", "localhost");
    assertThatThrownBy(() -> speak("b", 1, "b", "localhost"))
        .isInstanceOf(SessionEndedException.class)
        .hasMessageContaining("owner=a");
    speak("b", 2, "b");
  }

  @Test
  void whoWasRenamedShowsBothNames() {
    speak("a", 1, "a");
    speak("b", 1, "a", "b");
  }

  @Test
  void withoutCertificatesNobodyOwnsAnything() {
    speak("a", 1);
    speak("b", 1);
  }

  /** Else whoever claims ids without end would have others' forgotten, or fill the heap. */
  @Test
  void whoClaimsManyIdsLetsGoOfItsOwnAlone() {
    speak("a", 1, "a");
    for (long id = 2; id < 2 + 2 * ReplicaNames.MOST_OF_NAME; id++) {
      speak("b", id, "b");
    }
    assertThatThrownBy(() -> speak("b", 1, "b")).isInstanceOf(SessionEndedException.class);
    assertThatCode(() -> speak("a", 2, "a")).doesNotThrowAnyException();
    long latest = 1 + 2 * ReplicaNames.MOST_OF_NAME;
    assertThatThrownBy(() -> speak("a", latest, "a")).isInstanceOf(SessionEndedException.class);
  }
}
