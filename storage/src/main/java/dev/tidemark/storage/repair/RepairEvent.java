package dev.tidemark.storage.repair;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a repair found, told as it is found. */
public sealed interface RepairEvent {
  /** Whether something is lost by it; damage alone loses nothing that is vouched for elsewhere. */
  boolean isLoss();

  /**
   * Bytes of a file are not what should be there.
   *
   * @param file the file
   * @param from the first of the bytes
   * @param to behind the last of them
   * @param expected what should be there
   * @param actual what is there
   */
  record DamagedBytes(Path file, long from, long to, String expected, String actual)
      implements RepairEvent {
    @Override
    public boolean isLoss() {
      return false;
    }
  }

  /**
   * The state is not what it says it is.
   *
   * @param namespace where, or null if it is the state as a whole
   * @param key which key, or null if it is not one
   * @param expected what should be there
   * @param actual what is there
   */
  record DamagedState(
      @Nullable Namespace namespace, @Nullable Bytes key, String expected, String actual)
      implements RepairEvent {
    @Override
    public boolean isLoss() {
      return false;
    }
  }

  /**
   * The log held commits at these positions, and none was found.
   *
   * @param first the first position
   * @param last the last position
   */
  record LostPositions(long first, long last) implements RepairEvent {
    @Override
    public boolean isLoss() {
      return true;
    }
  }

  /**
   * Operations that are known to have been made are not in the new store.
   *
   * @param origin the replica that made them
   * @param first the first sequence
   * @param last the last sequence that is known of
   */
  record LostSequences(long origin, long first, long last) implements RepairEvent {
    @Override
    public boolean isLoss() {
      return true;
    }
  }

  /**
   * A whole commit that cannot be vouched for.
   *
   * @param file the data file it is in
   * @param from where its entry begins
   * @param to where its entry ends
   * @param position the position it claims
   * @param origin the replica it claims to be of
   * @param first its first sequence
   * @param last its last sequence
   * @param keys the keys it changes
   * @param why what speaks against it
   * @param isLoss false if the right commit of the position was found
   */
  record LeftOut(
      Path file,
      long from,
      long to,
      long position,
      long origin,
      long first,
      long last,
      List<Bytes> keys,
      String why,
      boolean isLoss)
      implements RepairEvent {}

  /**
   * A large value that the new store refers to is not whole: chunks are missing or damaged.
   *
   * @param value which
   * @param why what is wrong with it
   */
  record IncompleteValue(LargeValue value, String why) implements RepairEvent {
    @Override
    public boolean isLoss() {
      return true;
    }
  }

  /**
   * A key of which the old state held something that the new store does not.
   *
   * @param namespace the key's namespace
   * @param key the key
   */
  record IncompleteKey(Namespace namespace, Bytes key) implements RepairEvent {
    @Override
    public boolean isLoss() {
      return true;
    }
  }
}
