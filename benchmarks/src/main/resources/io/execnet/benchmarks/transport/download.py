size, count = channel.receive()
block = b"x" * size
for _ in range(count):
    channel.send(block)
