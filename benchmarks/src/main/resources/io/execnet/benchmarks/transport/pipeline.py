for item in iter(channel.receive, None):
    channel.send(item)
