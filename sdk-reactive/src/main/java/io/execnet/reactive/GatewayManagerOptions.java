package io.execnet.reactive;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What a {@link GatewayManager} rolls out; immutable.
 *
 * @param specs one gateway for each
 * @param defaultChdir the directory of workers that are remote (all but those of a {@code popen}
 *     without {@code via}) and whose spec says none, made if it is not there; relative to where
 *     they start; or null to let them be there
 * @param onNewGateway what else a gateway needs before it is ready: called for each once, on the
 *     scheduler of the group, and subscribed to; an error is why the gateway can't be opened
 * @param probeFolder where a file is made for a while to find out which workers see the same files
 *     as this JVM; what is true of this folder is taken to be true of others
 * @param group the options of the group; its {@code openConcurrency} bounds how many gateways are
 *     starting at a time, and how many are being made ready
 */
public record GatewayManagerOptions(
    List<XSpec> specs,
    @Nullable String defaultChdir,
    Function<HostGateway, ? extends Publisher<?>> onNewGateway,
    Path probeFolder,
    GroupOptions group) {

  /** The directory's name that pytest's manager gave it, which hosts may know already. */
  private static final String DEFAULT_CHDIR = "pyexecnetcache";

  /**
   * Checks the default directory.
   *
   * @throws XSpecException if a spec can't hold it
   */
  public GatewayManagerOptions {
    specs = List.copyOf(specs);
    withChdir(specs, defaultChdir);
  }

  /** The specs, with the default directory where it belongs. */
  List<XSpec> targets() {
    return withChdir(specs, defaultChdir);
  }

  private static List<XSpec> withChdir(List<XSpec> specs, @Nullable String chdir) {
    return specs.stream()
        .map(
            spec ->
                chdir == null || isHere(spec) || spec.chdir().isPresent()
                    ? spec
                    : withChdir(spec, chdir))
        .toList();
  }

  private static boolean isHere(XSpec spec) {
    return spec.popen() && spec.via().isEmpty();
  }

  private static XSpec withChdir(XSpec spec, String chdir) {
    XSpec changed = XSpec.parse(spec + "//chdir=" + chdir);
    if (!changed.chdir().equals(Optional.of(chdir))) {
      throw new XSpecException("a spec can't hold the default chdir '" + chdir + "'");
    }
    return changed;
  }

  /**
   * One gateway for each of these specs, which may be {@code N*spec}; in {@code pyexecnetcache}
   * where they are remote, with nothing else to do for a new one, a probe in the folder for
   * temporary files, and the default options of a group.
   *
   * @throws XSpecException if one of them is wrong, or two have the same id
   */
  public static GatewayManagerOptions of(String... specs) {
    return new GatewayManagerOptions(
        XSpec.parseList(List.of(specs)),
        DEFAULT_CHDIR,
        host -> Mono.empty(),
        Path.of(System.getProperty("java.io.tmpdir")),
        GroupOptions.defaults());
  }

  /** These options with another directory for remote workers, or null for none. */
  public GatewayManagerOptions withDefaultChdir(@Nullable String chdir) {
    return new GatewayManagerOptions(specs, chdir, onNewGateway, probeFolder, group);
  }

  /** These options with something else to do for each new gateway. */
  public GatewayManagerOptions withOnNewGateway(
      Function<HostGateway, ? extends Publisher<?>> action) {
    return new GatewayManagerOptions(specs, defaultChdir, action, probeFolder, group);
  }

  /** These options with another folder to tell local workers by. */
  public GatewayManagerOptions withProbeFolder(Path folder) {
    return new GatewayManagerOptions(specs, defaultChdir, onNewGateway, folder, group);
  }

  /** These options with other ones for the group. */
  public GatewayManagerOptions withGroup(GroupOptions options) {
    return new GatewayManagerOptions(specs, defaultChdir, onNewGateway, probeFolder, options);
  }
}
