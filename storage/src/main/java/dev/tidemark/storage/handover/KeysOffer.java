package dev.tidemark.storage.handover;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.List;

/**
 * Keys that a store is to hold and does not, as another has them.
 *
 * @param coverage what the other had seen by then
 * @param floor below what it had forgotten
 * @param interest the keys that it holds
 * @param keys those that the store is to hold beside what it holds
 */
public record KeysOffer(
    List<OriginCoverage> coverage, Floor floor, Interest interest, Interest keys) {
  /** Those of a whole state. */
  public static KeysOffer of(Run whole, Interest keys) {
    return new KeysOffer(whole.coverage(), whole.floor(), whole.interest(), keys);
  }
}
