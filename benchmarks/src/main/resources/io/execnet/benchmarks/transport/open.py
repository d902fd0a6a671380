channel.send(1)
