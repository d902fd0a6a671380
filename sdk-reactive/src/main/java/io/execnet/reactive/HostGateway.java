package io.execnet.reactive;

/**
 * A gateway of a {@link GatewayManager}, and what is known of where it leads.
 *
 * @param gateway the gateway
 * @param rinfo what its worker's interpreter says of itself
 * @param local whether its worker sees the same files as this JVM; see {@link
 *     GatewayManagerOptions#probeFolder()}
 */
public record HostGateway(Gateway gateway, RInfo rinfo, boolean local) {}
