size, count = channel.receive()
item = b"x" * size if size else 1
for _ in range(count):
    channel.send(item)
